"""Dagster: an asset that runs ``run.sh``, every six hours; the state stays in its folder."""

import subprocess

import dagster as dg

FOLDER = "/opt/amazon"
FAILED_WINDOWS = 1
"""The exit code when some windows failed: the state is good, and the next run retries them."""


@dg.asset(pool="amazon_reports")
def amazon_reports(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """Load Amazon's reports into the warehouse."""
    done = subprocess.run(["./run.sh"], cwd=FOLDER, stderr=subprocess.PIPE, text=True, check=False)
    context.log.info(done.stderr)
    if done.returncode not in (0, FAILED_WINDOWS):
        raise dg.Failure(f"run.sh ended with {done.returncode}")
    return dg.MaterializeResult(metadata={"failed_windows": done.returncode == FAILED_WINDOWS})


job = dg.define_asset_job("amazon_reports_job", selection=[amazon_reports])
definitions = dg.Definitions(
    assets=[amazon_reports],
    schedules=[dg.ScheduleDefinition(job=job, cron_schedule="17 */6 * * *")],
)
