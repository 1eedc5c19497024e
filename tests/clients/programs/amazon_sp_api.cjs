// A report's life by `amazon-sp-api`, the most used client of SP-API on npm, which logs in with JSON.
'use strict';
const given = JSON.parse(process.argv[2]);
require('./sandbox_host.cjs')(given.port);
const SellingPartner = require('amazon-sp-api');

const client = new SellingPartner({
  region: 'na',
  refresh_token: given.refresh_token,
  credentials: {
    SELLING_PARTNER_APP_CLIENT_ID: given.client_id,
    SELLING_PARTNER_APP_CLIENT_SECRET: given.client_secret,
  },
});
const call = (operation, values) => client.callAPI({endpoint: 'reports', operation, ...values});

async function run() {
  const wanted = {reportType: given.type, marketplaceIds: [given.marketplace]};
  const {reportId} = await call('createReport', {body: wanted});
  const report = await call('getReport', {path: {reportId}});
  const document = await call('getReportDocument', {
    path: {reportDocumentId: report.reportDocumentId},
  });
  const rows = await client.download(document, {json: true});
  const listed = await call('getReports', {query: {reportTypes: [given.type]}});
  const standing = {...wanted, reportType: given.scheduled_type, period: 'P1D'};
  const {reportScheduleId} = await call('createReportSchedule', {body: standing});
  const query = {reportTypes: [given.scheduled_type]};
  const schedules = (await call('getReportSchedules', {query})).reportSchedules;
  await call('cancelReportSchedule', {path: {reportScheduleId}});
  const left = (await call('getReportSchedules', {query})).reportSchedules;
  return {
    status: report.processingStatus,
    listed: listed.reports.length === 1 && listed.reports[0].reportId === reportId,
    header: Object.keys(rows[0])[0].replace(/^\uFEFF/, ''),
    rows: rows.length,
    schedules: schedules.map((each) => each.period),
    schedules_left: left.length,
  };
}

run().then((found) => process.stdout.write(JSON.stringify(found)));
