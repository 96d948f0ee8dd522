// Tokens as VS Code has them: node textmate.js MODULES GRAMMAR MODE FILE…
//   scopes   LINE:COLUMN SCOPE text, of each token that has a scope of its own
//   ends     the files in which something is still open at the end
'use strict';
const fs = require('fs');
const path = require('path');
const [modules, grammarFile, mode, ...files] = process.argv.slice(2);
const oniguruma = require(path.join(modules, 'vscode-oniguruma'));
const textmate = require(path.join(modules, 'vscode-textmate'));

const wasm = fs.readFileSync(path.join(modules, 'vscode-oniguruma/release/onig.wasm'));
const onigLib = oniguruma.loadWASM(wasm).then(() => ({
  createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
  createOnigString: (text) => new oniguruma.OnigString(text),
}));
// JSON's is VS Code's own; AppArmor's is there only if somebody installed it.
const others = { 'source.json': { scopeName: 'source.json', patterns: [{ name: 'some.json', match: '\\w+' }] } };
const loadGrammar = async (scope) =>
  scope === 'source.vpl' ? textmate.parseRawGrammar(fs.readFileSync(grammarFile, 'utf8'), grammarFile) : others[scope];

function tokens(grammar, file, each) {
  let state = textmate.INITIAL;
  fs.readFileSync(file, 'utf8').split('\n').forEach((line, i) => {
    const result = grammar.tokenizeLine(line, state);
    for (const token of result.tokens) each(i + 1, token, line.slice(token.startIndex, token.endIndex));
    state = result.ruleStack;
  });
  return state;
}

new textmate.Registry({ onigLib, loadGrammar }).loadGrammar('source.vpl').then((grammar) => {
  for (const file of files) {
    const end = tokens(grammar, file, (line, token, text) => {
      const scope = token.scopes[token.scopes.length - 1];
      if (mode === 'scopes' && token.scopes.length > 1 && text.trim()) {
        console.log(`${line}:${token.startIndex + 1} ${scope} ${text.trim()}`);
      }
    });
    if (mode === 'ends' && end.depth > 1) console.log(file);
  }
});
