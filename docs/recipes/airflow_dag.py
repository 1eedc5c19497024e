"""Airflow: one task that runs ``run.sh`` every six hours; the state stays in its folder.

The folder must be on a volume that all workers share. Exit code 1 means that some windows failed:
the state is good and the next run retries them, so the task is marked as skipped, not failed.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

with DAG(
    dag_id="amazon_reports",
    schedule="17 */6 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,  # a run reads all that is missing: one is enough
    max_active_runs=1,  # two runs at a time would read the same windows
    dagrun_timeout=timedelta(hours=6),
) as dag:
    BashOperator(
        task_id="load",
        bash_command="./run.sh ",  # with the blank: what ends in .sh is read as a template's file
        cwd="/opt/amazon",
        append_env=True,
        skip_on_exit_code=1,
        retries=1,
        retry_delay=timedelta(minutes=30),
    )
