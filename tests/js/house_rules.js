/** The rules of the house that need a syntax tree, for `deno lint`: short functions, short files. */
const FUNCTION = 45; // lines
const FILE = 300;

/** @param {Deno.lint.RuleContext} context @returns {(node: Deno.lint.Node) => void} */
const short = (context) => (node) => {
  const lines = context.sourceCode.text.slice(...node.range).split("\n").length;
  if (lines > FUNCTION) {
    context.report({ node, message: `A function of ${lines} lines; ${FUNCTION} are the most.` });
  }
};

/** @type {Deno.lint.Plugin} */
export default {
  name: "house",
  rules: {
    "short-functions": {
      create(context) {
        const check = short(context);
        return { FunctionDeclaration: check, FunctionExpression: check, ArrowFunctionExpression: check };
      },
    },
    "short-files": {
      create(context) {
        return {
          Program(node) {
            const lines = context.sourceCode.text.trimEnd().split("\n").length;
            if (lines > FILE) {
              context.report({ node, message: `A file of ${lines} lines; ${FILE} are the most.` });
            }
          },
        };
      },
    },
  },
};
