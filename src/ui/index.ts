export { Refusal } from '../refusal.js';
export { EventHub, type HubOptions, type UiEvent } from './event-hub.js';
export { fileInside, fileReply } from './files.js';
export { notFound } from './not-found.js';
export { type PageName, pageRoutes } from './page-files.js';
export type { Reply } from './reply.js';
export type { Route, UiRequest } from './routes.js';
export { openUi, type UiOptions, type UiServer } from './server.js';
