/** Whom a certificate names, as arguments of `tls.*` say it. */
export interface SubjectWish {
  readonly CN: string;
  readonly C: string;
  readonly ST: string;
  readonly L: string;
  readonly O: string;
  readonly OU: string | undefined;
  readonly emailAddress: string | undefined;
}

/** The parts of the name that are given. */
export function subjectParts(wish: SubjectWish): (readonly [string, string])[] {
  const parts = ['C', 'ST', 'L', 'O', 'OU', 'CN', 'emailAddress'] as const;
  return parts.flatMap((part) => (wish[part] === undefined ? [] : [[part, wish[part]] as const]));
}
