import { untold, withReleaseNamed } from './api-changes.ts';

const PAGE = `# Changes

## Next release

- \`Label.color\` is gone: use \`Label.theme\`.
  \`GET /indented\` is no line of its own.

## 1.0.0

- \`GET /labels\` is gone.
`;
const breaking = (subject: string): { subject: string; what: string } => ({ subject, what: 'is gone' });

describe('The page of changes', () => {
  it('has to name what breaks in the section of the next release', () => {
    const breaks = [
      breaking('Label.color'),
      breaking('Label.theme'),
      breaking('GET /labels'),
      breaking('GET /indented'),
    ];
    expect(untold(PAGE, breaks).map(({ subject }) => subject)).toEqual(['GET /labels', 'GET /indented']);
    expect(untold(PAGE, [breaking('Label.col')])).toHaveLength(1);
  });

  it('starts a new section with a release', () => {
    const next = withReleaseNamed(PAGE, '1.1.0');
    expect(next).toContain('## Next release\n\n## 1.1.0\n\n- `Label.color`');
    expect(untold(next, [breaking('Label.color')])).toHaveLength(1);
  });

  it('is refused without a section for the next release', () => {
    expect(() => untold('# Changes\n', [])).toThrow('no section');
  });
});
