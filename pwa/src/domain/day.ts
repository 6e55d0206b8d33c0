/** Today, or another moment, as a day where the person is: 2026-11-25. */
export function dayOf(time: Date = new Date()): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
}
