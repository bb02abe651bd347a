@echo off
rem Runs the toolkit; builds it first where it was never built or its sources have changed since.
rem   JAVA_HOME           the Java to use, 17 or newer (default: the java on the PATH)
rem   TOOLKIT_JAVA_OPTS   options for Java, for example -Xmx8g
rem   TOOLKIT_MAVEN_ARGS  options for the build
setlocal
set "HOME_DIR=%~dp0"
rem The benches are a program of their own.
set "MODULE=toolkit-experiments"
set "MODULES=core plots experiments"
set "ARGS=%*"
if /i "%~1"=="bench" (
  set "MODULE=toolkit-benchmarks"
  set "MODULES=core benchmarks"
  call set "ARGS=%%ARGS:*bench=%%"
)
set "JAR=%HOME_DIR%%MODULE%\target\%MODULE%.jar"

set "JAVA=java"
if defined JAVA_HOME set "JAVA=%JAVA_HOME%\bin\java.exe"
"%JAVA%" -version >nul 2>&1
if errorlevel 1 (
  echo toolkit: there is no java: install a JDK 17 or newer, or set JAVA_HOME 1>&2
  exit /b 2
)

rem Of several first uses at a time one builds and the others wait for it.
powershell -NoProfile -Command ^
  "$home_dir = $env:HOME_DIR; $jar = $env:JAR;" ^
  "$sources = @('pom.xml') + @($env:MODULES.Split(' ') | ForEach-Object { ('toolkit-' + $_ + '\pom.xml'); ('toolkit-' + $_ + '\src\main') });" ^
  "function UpToDate { if (-not (Test-Path $jar)) { return $false }; $built = (Get-Item $jar).LastWriteTime;" ^
  "  $paths = $sources | ForEach-Object { Join-Path $home_dir $_ };" ^
  "  return -not ((Get-Item $paths) + (Get-ChildItem -Recurse $paths) | Where-Object { $_.LastWriteTime -gt $built } | Select-Object -First 1) };" ^
  "if (UpToDate) { exit 0 };" ^
  "$mutex = New-Object System.Threading.Mutex($false, 'normfree-toolkit-build');" ^
  "try { [void]$mutex.WaitOne() } catch [System.Threading.AbandonedMutexException] { };" ^
  "try { if (UpToDate) { exit 0 };" ^
  "  [Console]::Error.WriteLine('building the toolkit (first use or sources changed) ...');" ^
  "  if (-not (Get-Command mvn -ErrorAction SilentlyContinue)) { [Console]::Error.WriteLine('toolkit: there is no mvn on the PATH: install Maven 3.8 or newer'); exit 2 };" ^
  "  $options = @(([string]$env:TOOLKIT_MAVEN_ARGS).Split([char[]]' ', [StringSplitOptions]::RemoveEmptyEntries));" ^
  "  $log = & mvn -q -B -f (Join-Path $home_dir 'pom.xml') -pl $env:MODULE -am '-Dmaven.test.skip=true' @options package 2>&1;" ^
  "  if ($LASTEXITCODE -ne 0) { $log | ForEach-Object { [Console]::Error.WriteLine($_) }; [Console]::Error.WriteLine('toolkit: the build failed; the lines above say why'); exit 1 };" ^
  "  (Get-Item $jar).LastWriteTime = Get-Date }" ^
  "finally { $mutex.ReleaseMutex() }"
if errorlevel 1 exit /b %errorlevel%

rem OpenMP threads that spin while they wait starve each other; see docs\performance.md
if not defined OMP_WAIT_POLICY set "OMP_WAIT_POLICY=passive"
rem What computes is faster with the Vector API, which a JDK has and a JRE may not have; the JDK tells of
rem it on every start, so what only lists or draws goes without.
set "VECTOR=--add-modules jdk.incubator.vector"
for %%c in (help list figures compare document status completion data --help -h --version) do if /i "%~1"=="%%c" set "VECTOR="
if "%~1"=="" set "VECTOR="
if defined VECTOR "%JAVA%" %VECTOR% -version >nul 2>&1 || set "VECTOR="
"%JAVA%" %VECTOR% -XX:MaxRAMPercentage=50 -XX:MaxNewSize=256m -XX:+UseParallelGC %TOOLKIT_JAVA_OPTS% -jar "%JAR%" %ARGS%
exit /b %errorlevel%
