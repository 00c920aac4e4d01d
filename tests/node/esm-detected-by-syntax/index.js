import os from 'os';
export const handler = async () => typeof os.EOL;
