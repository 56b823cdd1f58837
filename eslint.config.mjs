import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { noCutText, noTimeFromText } from './eslint-rules/texts.mjs';
import { noUnscopedPrismaCall } from './eslint-rules/no-unscoped-prisma-call.mjs';

/** The only code that may run SQL made of strings. Each has a reason written at the call. */
const MAY_RUN_UNSAFE_SQL = ['src/common/prisma/join-transaction.ts'];

const TESTS = ['**/*.spec.ts', '**/*-spec.ts', '**/*.fake.ts', 'test/**'];

const noUnsafeSql = {
  selector: 'MemberExpression[property.name=/^\\$(queryRawUnsafe|executeRawUnsafe)$/]',
  message: 'Use $queryRaw or $executeRaw with a template: SQL made of strings can be injected.',
};
const noDefaultExport = { selector: 'ExportDefaultDeclaration', message: 'Use named exports.' };
const fewDependencies = {
  selector: 'MethodDefinition[kind="constructor"] > FunctionExpression[params.length>6]',
  message: 'More than six dependencies: this is two classes.',
};

const OWN_CLOCK = "By databaseNow() of src/common/time: other processes' clocks differ. Durations: performance.now().";
const noOwnClock = [
  { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: OWN_CLOCK },
  { selector: 'CallExpression[callee.object.name="Date"][callee.property.name="now"]', message: OWN_CLOCK },
];

const noPrisma = {
  regex: '/(platform-)?prisma\\.service\\.js$',
  message: 'Only repositories, read models and DBAL operations use Prisma.',
};
const noCls = { regex: '^nestjs-cls', message: 'Only src/common reads the context; business code is told who acts.' };
const noHttpErrors = {
  name: '@nestjs/common',
  importNames: [
    'HttpException',
    'HttpStatus',
    'BadRequestException',
    'ConflictException',
    'ForbiddenException',
    'NotFoundException',
    'UnauthorizedException',
    'UnprocessableEntityException',
    'InternalServerErrorException',
  ],
  message: "Throw the module's own AppError: HTTP is the filter's business.",
};
/** Rules of class-validator that count, or read times and addresses, in another way than the database does. */
const noForeignRules = {
  name: 'class-validator',
  importNames: [
    ...['Length', 'MaxLength', 'MinLength', 'length', 'maxLength', 'minLength', 'IsByteLength'],
    ...['IsDateString', 'IsISO8601', 'IsRFC3339', 'isDateString', 'isISO8601', 'isRFC3339', 'IsEmail', 'isEmail'],
  ],
  message: 'Use HasLength, HasMaxLength, IsTimestamp or IsEmailAddress of src/common/contracts/input-rules.',
};
const noBareFields = {
  name: '@nestjs/swagger',
  importNames: ['ApiProperty', 'ApiPropertyOptional'],
  message: 'Use a field of src/common/contracts/fields.ts: it describes and checks in one call.',
};
const noEnv = [
  { name: 'node:process', importNames: ['env'], message: 'Read Config; the environment is parsed once.' },
  { name: '@nestjs/config', message: 'Inject Config: ConfigService knows neither types nor checks.' },
];

export default defineConfig(
  globalIgnores(['dist/', '.data/', 'coverage/', 'src/generated/', 'node_modules/']),
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'max-lines': ['error', { max: 400 }],
      'no-console': 'error',
      'no-constant-condition': 'error',
      'no-debugger': 'error',
      'no-empty': 'error',
      'no-fallthrough': 'error',
      'no-implicit-coercion': ['error', { boolean: false }],
      'no-self-compare': 'error',
      'no-unsafe-finally': 'error',
      'no-useless-catch': 'error',
      'no-var': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
      'prefer-template': 'error',
    },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.base],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: {
      tenantry: {
        rules: {
          'no-cut-text': noCutText,
          'no-time-from-text': noTimeFromText,
          'no-unscoped-prisma-call': noUnscopedPrismaCall,
        },
      },
    },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/ban-ts-comment': 'error',
      '@typescript-eslint/no-array-delete': 'error',
      '@typescript-eslint/no-base-to-string': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-for-in-array': 'error',
      '@typescript-eslint/no-implied-eval': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-misused-spread': 'error',
      '@typescript-eslint/no-redundant-type-constituents': 'error',
      '@typescript-eslint/no-require-imports': 'error',
      '@typescript-eslint/no-unsafe-function-type': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/only-throw-error': ['error', { allowThrowingUnknown: true }],
      '@typescript-eslint/prefer-promise-reject-errors': 'error',
      // A promise returned inside try without await escapes its catch.
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
      ],
    },
  },
  {
    files: ['src/**/*.ts', 'prisma/seed/**/*.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Read Config; the environment is parsed once.' },
      ],
      'no-restricted-syntax': ['error', noUnsafeSql, noDefaultExport, fewDependencies],
      'no-restricted-imports': ['error', { paths: [...noEnv] }],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: TESTS,
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', { paths: [noForeignRules, noBareFields] }],
      'tenantry/no-cut-text': 'error',
      'tenantry/no-time-from-text': 'error',
    },
  },
  {
    files: ['src/common/contracts/fields.ts'],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { paths: [noForeignRules] }] },
  },
  { files: ['src/common/config/**'], rules: { 'no-restricted-properties': 'off', 'no-restricted-imports': 'off' } },
  {
    files: ['src/**/*.ts'],
    ignores: TESTS,
    rules: { 'no-restricted-syntax': ['error', noUnsafeSql, noDefaultExport, fewDependencies, ...noOwnClock] },
  },
  { files: MAY_RUN_UNSAFE_SQL, rules: { 'no-restricted-syntax': ['error', noDefaultExport, fewDependencies] } },
  {
    files: ['src/modules/**/*.ts', 'prisma/seed/**/*.ts'],
    ignores: TESTS,
    rules: {
      'tenantry/no-unscoped-prisma-call': 'error',
      'no-restricted-imports': ['error', { paths: [...noEnv, noHttpErrors], patterns: [noPrisma, noCls] }],
    },
  },
  {
    files: ['{src/modules,prisma/seed}/**/*.{repository,read-model,operation}.ts'],
    rules: { 'no-restricted-imports': ['error', { paths: [...noEnv, noHttpErrors], patterns: [noCls] }] },
  },
  {
    // HTTP's words belong here.
    files: ['src/modules/**/*.controller.ts'],
    rules: { 'no-restricted-imports': ['error', { paths: [...noEnv], patterns: [noPrisma, noCls] }] },
  },
  {
    files: TESTS,
    rules: {
      '@typescript-eslint/no-base-to-string': 'off',
      'no-restricted-properties': 'off',
    },
  },
  // Command lines talk to people, and programs of tests to their test.
  { files: ['scripts/**', 'bench/**', 'prisma/seed/**', 'test/scripts/**'], rules: { 'no-console': 'off' } },
);
