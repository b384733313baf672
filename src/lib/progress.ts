/** Reports progress of long work: a short sentence, and the completed fraction (0 to 1) if known. */
export type ReportProgress = (step: string, fraction?: number) => void;
