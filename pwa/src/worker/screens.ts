/**
 * Addresses that the app answers itself, also without a network. Every other one is the server's: links to sign in,
 * answers from mail, downloads.
 */
export const SCREENS: readonly RegExp[] = [
  /^\/$/,
  /^\/account(\/logboek)?$/,
  /^\/(terrein|terreinen|meenemen|wachtrij|dagverslag|meer|inloggen|organisatie|invitation)(\/|$)/,
];
