export { isLoopback, type ServeEvent, type ServeOptions, type Serving, serve } from './serve.js';
