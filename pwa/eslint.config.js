import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

export default ts.config(
  { ignores: ['dist', 'node_modules', 'src/i18n/generated', 'src/api/generated', 'project.inlang'] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  { languageOptions: { globals: { ...globals.browser, ...globals.node } } },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser } },
  },
  {
    // The arrows of the layers: what works without a screen knows nothing of screens or maps.
    files: ['src/{api,domain,edits,store,sync}/**'],
    rules: {
      'no-restricted-imports': ['error', { patterns: [{ regex: '/(features|map|ui)/' }] }],
    },
  },
  {
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'svelte/no-navigation-without-resolve': 'off',
      // Style properties set through CSSOM are fine; the policy refuses style attributes in markup.
      'svelte/no-inline-styles': 'off',
      // Maps and dates here are values that are replaced, never changed in place.
      'svelte/prefer-svelte-reactivity': 'off',
      // TypeScript knows better which names exist.
      'no-undef': 'off',
    },
  },
);
