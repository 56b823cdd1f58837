import { opaquePassword, passwordForms } from './password-text.js';

describe('A password', () => {
  it.each([
    ['correct horse', 'correct horse'],
    ['correct\u00a0horse\u3000battery\u2003staple\u202f', 'correct horse battery staple '],
    ['pa\u0308ssword', 'pässword'],
    ['\u212bngström', 'Ångström'],
    // Characters that only look alike stay distinct; NFKC would merge them.
    ['ﬁsh ½ ｆｕｌｌ', 'ﬁsh ½ ｆｕｌｌ'],
    ['tab\tand\u2028line', 'tab\tand\u2028line'],
    ['Case Matters', 'Case Matters'],
  ])('%j is hashed as %j', (sent, hashed) => {
    expect(opaquePassword(sent)).toBe(hashed);
  });

  it('is tried in the form of today, as it was sent, and decomposed', () => {
    expect(passwordForms('plain password')).toEqual(['plain password']);
    expect(passwordForms('pässword')).toEqual(['pässword', 'pa\u0308ssword']);
    expect(passwordForms('pa\u0308ssword\u00a0')).toEqual(['pässword ', 'pa\u0308ssword\u00a0']);
    expect(passwordForms('pässword\u00a0')).toEqual(['pässword ', 'pässword\u00a0', 'pa\u0308ssword\u00a0']);
  });
});
