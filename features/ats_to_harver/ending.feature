Feature: Every order reaches its end, and everybody is told

  Background:
    Given Brightwater Foods has connected iCIMS to Harver
    And the Candidate Ana is submitted to "Call Centre Advisor"
    And Tomas has advanced Ana to Send to Harver

  Rule: Who has not finished is reminded, with a link that works

    @own-world @UAT-14
    Scenario: A candidate who left half-way goes on by the link in the reminder
      Given Ana has opened the link in her mail and answered the first two parts
      When two days go by
      And Ana opens the link in her reminder
      Then Ana goes on with the third part

    @own-world
    Scenario: Nobody is reminded of what is finished
      Given Ana has taken the assessment as a great fit
      When a week goes by
      Then no mail was sent but the invitation of Ana

    @own-world @UAT-15
    Scenario: A link that ran out leads to a confirmation code, and on to the end
      When more than a day goes by
      And Ana opens the link in her mail, which has run out, and types the code that she is mailed
      And Ana finishes the assessment as a great fit
      Then iCIMS shows one result for Ana, which is complete

  Rule: Who has left the running is left alone

    @own-world @row-18 @UAT-29
    Scenario: A rejected candidate is not reminded
      Given Tomas has rejected Ana
      When a week goes by
      Then no mail was sent but the invitation of Ana
      And the order of Ana is cancelled because she is no longer up for the job

    @own-world @row-18 @UAT-29
    Scenario: What a rejected candidate finishes all the same is kept
      Given Ana has opened the link in her mail and begun
      And Tomas has rejected Ana
      When two days go by
      And Ana opens the link in her mail, which has run out, and types the code that she is mailed
      And Ana finishes the assessment as a great fit
      Then iCIMS shows one result for Ana, which is complete

  @row-20
  Rule: An invitation that nobody follows ends

    @own-world
    Scenario: iCIMS shows that nothing came of it, and why
      When a month goes by
      Then iCIMS shows one result for Ana, which is incomplete because the invitation ran out

    @own-world
    Scenario: Advancing again after the end leads to the same application
      Given a month has gone by
      When Ana is advanced and takes the assessment as a great fit
      Then iCIMS shows one result for Ana, which is complete
      And Harver has one application of Ana

  Rule: A Harver Admin can end an order, and send its invitation again

    Scenario: A cancelled order shows in iCIMS with the reason
      When the Harver Admin cancels the order of Ana because "The position is filled"
      Then iCIMS shows one result for Ana, which is incomplete because the position is filled

    Scenario: An invitation that was lost is sent again
      When the Harver Admin sends the invitation of Ana again
      Then Ana receives two mails, each with a link of its own
      And Harver has one application of Ana

  @row-27
  Rule: A corrected address is used

    Scenario: A candidate whose address was wrong is advanced again once it is right
      Given Tomas has corrected the e-mail address of Ana
      When Tomas advances Ana to Send to Harver
      Then the Summary says "Invitation is sent to Candidate" for Ana
      And Ana receives one mail with a link to the assessment
      And Harver has one application of Ana

  @row-2
  Rule: Who has completed an assessment takes it again only where Harver allows it

    Scenario: Where candidates may reapply, a second round has an application and a result of its own
      Given candidates of "Call Centre Advisor" may reapply at once
      And Ana has taken the assessment as a poor fit
      When Ana is advanced and takes the assessment as a great fit
      Then iCIMS shows two results for Ana, both complete

  Rule: The Screen tab tells what is known

    Scenario: As long as nothing was reported, it tells when the invitation was sent
      Then the Screen tab tells that the invitation of Ana was sent and that there is no result yet

    Scenario: Where the Harver Admin wants it, it shows Sent
      Given the Harver Admin has chosen that iCIMS is told when a candidate is invited
      And the Candidate Bilal is submitted to "Call Centre Advisor"
      When Tomas advances Bilal to Send to Harver
      Then iCIMS shows one result for Bilal, which is sent
