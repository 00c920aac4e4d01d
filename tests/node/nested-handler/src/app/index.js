exports.api = { users: { get: async () => 'users' } };
