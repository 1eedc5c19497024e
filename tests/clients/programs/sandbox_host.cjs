// Sends what is meant for Amazon's hosts to the sandbox; the Host header stays as it is.
'use strict';
const http = require('http');
const https = require('https');

module.exports = (port) => {
  https.request = (options, answered) =>
    http.request(
      {...options, protocol: 'http:', host: '127.0.0.1', hostname: '127.0.0.1', port, agent: undefined},
      answered,
    );
};
