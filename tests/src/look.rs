//! What is wrong with how a page looks: the screen's own checker (`kiosk-ui/tests/look.ts`), for the real window.

use std::process::Stdio;

use tokio::process::Command;

use crate::programs;

/// Takes the types out of a TypeScript file and prints its functions, without their `export`.
const PLAIN: &str = "
    const [folder, file] = process.argv.slice(1);
    const ts = require(require.resolve('typescript', { paths: [folder] }));
    const source = require('fs').readFileSync(file, 'utf8');
    const options = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
    process.stdout.write(ts.transpileModule(source, { compilerOptions: options }).outputText);
";

/// JavaScript that returns a list of faults, to be run inside a page.
pub async fn faults() -> String {
    let ui = programs::repository().join("kiosk-ui");
    let plain = Command::new("node")
        .args(["-e", PLAIN])
        .arg(&ui)
        .arg(ui.join("tests/look.ts"))
        .stderr(Stdio::inherit())
        .output()
        .await
        .expect("Node.js can be run");
    assert!(plain.status.success(), "look.ts cannot be read: is kiosk-ui installed?");
    let text = String::from_utf8(plain.stdout).expect("JavaScript is text");
    format!("{}; return faults();", text.replace("export function", "function"))
}
