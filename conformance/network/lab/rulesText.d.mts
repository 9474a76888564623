/** Lines of rules by table. */
export type Tables = Readonly<Record<string, readonly string[]>>;

export function rulesText(tables?: Tables): string;
