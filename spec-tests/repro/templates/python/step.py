def step(SIGNATURE):
    """Runs one step, says what came, and ends the script where that departs from what was expected."""
    print(code)
    got = raised = None
    try:
        signal.alarm(PATIENCE)  #? hang
        got = eval(code, globals())
        signal.alarm(0)  #? hang
    except Exception as trouble:
        signal.alarm(0)  #? hang
        raised = trouble
        # Raised by the step itself and by nothing that it calls: there is no such name.  #? lacking
        if isinstance(trouble, AttributeError) and code.endswith(")") and not sys.exc_info()[2].tb_next.tb_next:  #? lacking
            end(2, "cannot say: %s" % trouble)  #? lacking
    print("    got       %.300s" % (shown(got) if raised is None else "raised " + shown(raised)))
    if MEETS:
        return got
    for other in allow:  #? allow
        other = dict(other)  #? allow
        reason, last = other.pop("reason"), other.pop("last", False)  #? allow
        if meets(got, raised, **other):  #? allow
            allowed.append(reason)  #? allow
            print("    allowed   " + reason)  #? allow
            if last:  #? last
                end(0, "allowed: " + allowed[0])  #? last
            return got  #? allow
    print("    expected  " + EXPECTED)
    print("    which is only observed")  #? observed
    allowed.append("observed")  #? observed
    if needed:  #? observed-needed
        end(0, "allowed: " + allowed[0])  #? observed-needed
    return got  #? observed
    end(1, "departs")  #? strict
