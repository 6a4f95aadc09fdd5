#!/usr/bin/env node
// Plain JavaScript: an old Node refuses TypeScript with an error that does not name the fix.
import '../config/node-version.cjs';

await import('./tidegate.ts');
