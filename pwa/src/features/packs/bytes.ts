import { number } from '../../i18n';

const KB = 1000;

/** A size as people say it: 412 kB, 1,4 MB, 2,1 GB. */
export function bytes(amount: number): string {
  const [unit, by]: [string, number] =
    amount < KB * KB ? ['kB', KB] : amount < KB ** 3 ? ['MB', KB ** 2] : ['GB', KB ** 3];
  const digits = unit === 'kB' ? 0 : 1;
  return `${number(amount / by, digits)} ${unit}`;
}
