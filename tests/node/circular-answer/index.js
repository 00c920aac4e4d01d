exports.handler = async () => { const a = {}; a.a = a; return a; };
