exports.handler = async () => { const a = Math.random(); return [a >= 0 && a < 1, a !== Math.random()]; };
