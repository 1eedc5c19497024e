// A report's life by `mws-simple`, a client of MWS on npm, which sends parameters in the query of a POST.
'use strict';
const given = JSON.parse(process.argv[2]);
require('./sandbox_host.cjs')(given.port);
const client = require('mws-simple')({
  accessKeyId: given.access_key_id,
  secretAccessKey: given.secret_access_key,
  merchantId: given.seller_id,
});

function call(action, values = {}) {
  const query = {Action: action, Version: '2009-01-01', ...values};
  return new Promise((resolve, reject) => {
    client.request({path: '/Reports/2009-01-01', query}, (error, answer) => {
      if (error) reject(error);
      else resolve(answer[`${action}Response`]?.[`${action}Result`][0] ?? answer);
    });
  });
}

async function run() {
  const types = {'ReportTypeList.Type.1': given.type};
  const asked = await call('RequestReport', {
    ReportType: given.type,
    'MarketplaceIdList.Id.1': given.marketplace,
  });
  const id = asked.ReportRequestInfo[0].ReportRequestId[0];
  const polled = await call('GetReportRequestList', {'ReportRequestIdList.Id.1': id});
  const entry = polled.ReportRequestInfo[0];
  const reportId = entry.GeneratedReportId[0];
  const listed = await call('GetReportList', types);
  const rows = await call('GetReport', {ReportId: reportId});
  const schedule = {ReportType: given.type, Schedule: '_1_DAY_'};
  await call('ManageReportSchedule', schedule);
  const schedules = (await call('GetReportScheduleList')).ReportSchedule;
  await call('ManageReportSchedule', {...schedule, Schedule: '_NEVER_'});
  const left = await call('GetReportScheduleCount');
  const refused = await call('GetReport', {ReportId: '1'});
  return {
    status: entry.ReportProcessingStatus[0],
    listed: listed.ReportInfo.length === 1 && listed.ReportInfo[0].ReportId[0] === reportId,
    header: Object.keys(rows[0])[0].replace(/^\uFEFF/, ''),
    rows: rows.length,
    schedules: schedules.map((each) => each.Schedule[0]),
    schedules_left: Number(left.Count[0]),
    refused: refused.ErrorResponse.Error[0].Code[0],
  };
}

run().then((found) => process.stdout.write(JSON.stringify(found)));
