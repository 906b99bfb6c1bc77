/** Whether the window is as narrow as a phone's: too narrow to read a URL in, or to have something beside it. */
export function isNarrow(): boolean {
  return matchMedia("(max-width: 40rem)").matches;
}
