import { isNode, type YAMLSeq } from 'yaml';

/** Comments that stand behind a key, with the key: `kernels: # as published`. The YAML library moves them to the next line. */
export function keyComments(text: string): Set<string> {
  const found = text.matchAll(/^[ \t]*(?:- +)*([\w-]+:)[ \t]+(#.*?)[ \t]*$/gm);
  return new Set([...found].map(([, key, comment]) => `${key} ${comment}`));
}

/** Puts them back behind their keys. */
export function withKeyComments(text: string, comments: ReadonlySet<string>): string {
  return text.replace(
    /^([ \t]*(?:- +)*([\w-]+:))\n[ \t]+(#[^\n]*)$/gm,
    (whole, line: string, key: string, comment: string) =>
      comments.has(`${key} ${comment}`) ? `${line} ${comment}` : whole,
  );
}

/** The comment above the first step of a list, which the library gives to the list, goes where the step goes. */
export function giveToFirst(list: YAMLSeq, key: string, comments: ReadonlySet<string>): void {
  const [first] = list.items;
  const { commentBefore } = list;
  if (!commentBefore || list.flow || !isNode(first)) return;
  const lines = commentBefore.split('\n');
  const stays = comments.has(`${key}: #${lines[0]}`) ? 1 : 0;
  const goes = lines.slice(stays);
  if (goes.length === 0) return;
  list.commentBefore = stays ? lines[0] : undefined;
  first.commentBefore = [...goes, ...(first.commentBefore ? [first.commentBefore] : [])].join('\n');
}
