// Parses AsyncAPI documents with the official parser; prints what it finds wrong, as JSON by file.
"use strict";
const { readFileSync } = require("node:fs");
const { createRequire } = require("node:module");

// The parser is installed outside of the repository: node check.cjs <folder of node_modules> <file>...
const [folder, ...files] = process.argv.slice(2);
const { Parser } = createRequire(`${folder}/package.json`)("@asyncapi/parser");

const SEVERITIES = ["error", "warning", "information", "hint"];

async function main() {
  const parser = new Parser();
  const found = {};
  for (const file of files) {
    const { document, diagnostics } = await parser.parse(readFileSync(file, "utf-8"), { source: file });
    found[file] = {
      parsed: document !== undefined,
      diagnostics: diagnostics.map((d) => ({
        severity: SEVERITIES[d.severity],
        code: d.code,
        path: d.path.join("/"),
        message: d.message,
      })),
    };
  }
  process.stdout.write(JSON.stringify(found));
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
