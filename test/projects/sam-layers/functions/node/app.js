const ms = require('ms');

exports.handler = async () => ms('2h');
