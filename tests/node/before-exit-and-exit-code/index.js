exports.handler = async () => { process.exitCode = 3; const seen = process.exitCode; process.exitCode = undefined; return seen; };
