const ms = require('ms');

exports.milliseconds = (text) => ms(text);
