import { z } from 'zod';

export const DegradeOptions = z.unknown();
export type DegradeOptions = z.infer<typeof DegradeOptions>;

export const TrainOptions = z.looseObject({});
export type TrainOptions = z.infer<typeof TrainOptions>;
