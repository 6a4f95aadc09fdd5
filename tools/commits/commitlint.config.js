/** Words that look like another form of a verb and are none. */
const IMPERATIVE_AFTER_ALL = new Set(['bias', 'bring', 'embed', 'focus', 'ping', 'shed', 'string']);

/** "Added", "adding" and "adds" instead of "add": as much of the imperative as the shape of a word shows. */
const subjectImperative = ({ subject }) => {
  const [verb = ''] = subject?.toLowerCase().split(/\s/) ?? [];
  const isOtherForm = /([^e]ed|ing|[^s]s)$/.test(verb) && !IMPERATIVE_AFTER_ALL.has(verb);
  return [!isOtherForm, `subject must begin with an imperative ("add", not "added" or "adds"): found "${verb}"`];
};

export default {
  extends: ['@commitlint/config-conventional'],
  plugins: [{ rules: { 'subject-imperative': subjectImperative } }],
  rules: { 'header-max-length': [2, 'always', 72], 'subject-imperative': [2, 'always'] },
};
