// Prints {"file": [bytes, bytes under brotli at quality 11]} for the files named.
import { readFileSync } from 'node:fs';
import { brotliCompressSync, constants } from 'node:zlib';

const sizes = {};
for (const name of process.argv.slice(1)) {
  const bytes = readFileSync(name);
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  sizes[name] = [bytes.length, brotliCompressSync(bytes, { params }).length];
}
console.log(JSON.stringify(sizes));
