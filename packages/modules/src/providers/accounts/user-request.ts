/** An account as `user.present` describes it; `undefined` leaves things as they are. */
export interface UserRequest {
  readonly name: string;
  readonly uid: number | undefined;
  readonly gid: string | number | undefined;
  readonly usergroup: boolean | undefined;
  readonly groups: readonly string[] | undefined;
  readonly optional_groups: readonly string[] | undefined;
  readonly remove_groups: boolean;
  readonly home: string | undefined;
  readonly createhome: boolean;
  readonly password: string | undefined;
  readonly enforce_password: boolean;
  readonly empty_password: boolean;
  readonly shell: string | undefined;
  readonly unique: boolean;
  readonly system: boolean;
  readonly fullname: string | undefined;
  readonly roomnumber: string | undefined;
  readonly workphone: string | undefined;
  readonly homephone: string | undefined;
  readonly other: string | undefined;
  readonly nologinit: boolean;
  readonly date: number | undefined;
  readonly mindays: number | undefined;
  readonly maxdays: number | undefined;
  readonly inactdays: number | undefined;
  readonly warndays: number | undefined;
  readonly expire: number | undefined;
  readonly allow_uid_change: boolean;
  readonly allow_gid_change: boolean;
  readonly password_lock: boolean | undefined;
}

/** The parts of the GECOS field, in its order. */
export const gecosFields = ['fullname', 'roomnumber', 'workphone', 'homephone', 'other'] as const;

/** Numbers about a password's age: argument → its member of the shadow entry and its option of `chage`. */
export const agingFields = {
  date: { member: 'lstchg', option: '-d' },
  mindays: { member: 'min', option: '-m' },
  maxdays: { member: 'max', option: '-M' },
  inactdays: { member: 'inact', option: '-I' },
  warndays: { member: 'warn', option: '-W' },
  expire: { member: 'expire', option: '-E' },
} as const;

/** What a password is shown as. */
export const redactedPassword = 'XXX-REDACTED-XXX';
