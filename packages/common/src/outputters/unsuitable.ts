/** Thrown by an outputter that cannot show an answer of this shape; `nested` shows it then, as in Salt. */
export class UnsuitableAnswer extends Error {}
