// npm run docs: writes the parts of the documentation that are made from the code.
import { readFileSync, writeFileSync } from 'node:fs';
import { blueprintReference } from '../src/blueprint/language-reference.ts';

const docs = new URL('../docs/', import.meta.url);
writeFileSync(new URL('blueprint.md', docs), blueprintReference(readFileSync(new URL('every-key.yaml', docs), 'utf8')));
