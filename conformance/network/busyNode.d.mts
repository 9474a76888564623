export function busyNodeRules(count: number): string;
