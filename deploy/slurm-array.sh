#!/bin/bash
# One shard of a plan in every task of a job array. On a folder that all nodes share:
#   esrgan plan p.yml --shards 64 --out plan.json
#   job=$(sbatch --parsable --array=0-63 deploy/slurm-array.sh plan.json)
#   sbatch --dependency=afterok:$job --wrap "esrgan merge plan.json"
# Tasks that failed or were preempted are sent in again with --array and their numbers; what is finished is kept.
#SBATCH --job-name=esrgan
#SBATCH --cpus-per-task=4
#SBATCH --mem=4G
#SBATCH --time=04:00:00
#SBATCH --requeue
#SBATCH --output=esrgan-%A-%a.log
set -euo pipefail

exec esrgan work "${1:?give the plan, as in: sbatch --array=0-63 slurm-array.sh plan.json}" --shard auto
