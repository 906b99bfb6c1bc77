/** One of what can be chosen. */
export interface Choice {
  id: string;
  label: string;
  hint?: string;
}
