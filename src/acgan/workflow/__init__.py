"""What the rules call: paths, jobs, checks, pipelines, plan and status."""
