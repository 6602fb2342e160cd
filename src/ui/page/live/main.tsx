import { LanguageSwitch } from '../shared/language-switch.js';
import { mount } from '../shared/mount.js';

mount(<LanguageSwitch />);
