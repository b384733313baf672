/** Reports progress of long work: one short sentence, and the fraction done (0 to 1) where it is known. */
export type ReportProgress = (step: string, fraction?: number) => void;
