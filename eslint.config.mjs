import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { noCutText, noTimeFromText } from './eslint-rules/texts.mjs';
import { noUnscopedPrismaCall } from './eslint-rules/no-unscoped-prisma-call.mjs';

/** The only code that may run SQL made of strings. Each has a reason written at the call. */
const MAY_RUN_UNSAFE_SQL = ['src/common/prisma/join-transaction.ts'];

const LAWFUL = ['src/**/*.ts', 'prisma/seed/**/*.ts'];
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

/** The laws of this project. What holds for any TypeScript is in .oxlintrc.json. */
export default defineConfig(
  globalIgnores(['src/generated/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: LAWFUL,
    extends: [tseslint.configs.base],
    plugins: {
      tenantry: {
        rules: {
          'no-cut-text': noCutText,
          'no-time-from-text': noTimeFromText,
          'no-unscoped-prisma-call': noUnscopedPrismaCall,
        },
      },
    },
  },
  {
    // The rules of our own look at types.
    files: LAWFUL,
    ignores: TESTS,
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
  },
  {
    files: LAWFUL,
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
  { files: TESTS, rules: { 'no-restricted-properties': 'off' } },
);
