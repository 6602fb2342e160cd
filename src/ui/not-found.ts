import { Refusal } from '../refusal.js';

export const notFound = (): Refusal =>
  new Refusal(404, 'ROUTE', 'there is nothing here', 'Open the link that was printed at the start.');
