const fs = require('fs');
exports.handler = async () => ['/etc/passwd', '../../etc/passwd', '/proc/self/environ'].map((path) => {
  try {
    return fs.readFileSync(path, 'utf8').length;
  } catch (error) {
    return error.code;
  }
}).concat((() => {
  try {
    fs.writeFileSync('/var/task/x', 'x');
  } catch (error) {
    return error.code;
  }
})());
