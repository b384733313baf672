const { milliseconds } = require('@shop/shared');

exports.handler = async ({ text }) => milliseconds(text);
